//! One line in the log, and one count in the metrics, for every request.
