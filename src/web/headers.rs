//! The headers that every page for people carries: content security policy, no caching, no framing, no referrer.
//!
//! A page starts from [`PageHeaders::new`], which allows nothing but our own stylesheet and forms to ourselves, and
//! opens what it needs by name. Headers of JSON answers are the business of the endpoints that send them.

use std::sync::Arc;

use actix_web::HttpResponseBuilder;
use actix_web::http::header;
use url::Url;

use super::brand::Brand;

/// One year: the browser keeps to https for this host without asking again.
const STRICT_TRANSPORT: &str = "max-age=31536000";
/// No page may hold this one in a frame.
const NO_ANCESTORS: &str = "'none'";
const PERMISSIONS: &str = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";

/// What one page is allowed to do in the browser.
#[derive(Clone, Debug)]
pub struct PageHeaders {
    brand: Option<Arc<Brand>>,
    https: bool,
    form_targets: Vec<String>,
    image_origin: Option<String>,
    frame_origins: Vec<String>,
    script: bool,
    in_flow: bool,
    frame_ancestors: &'static str,
}

impl PageHeaders {
    /// Whose page it is, where it is not without a name.
    #[must_use]
    pub fn of(mut self, brand: &Arc<Brand>) -> Self {
        self.brand = Some(Arc::clone(brand));
        self
    }

    /// Whose page it is.
    pub(super) fn brand(&self) -> Option<&Brand> {
        self.brand.as_deref()
    }

    /// The strictest set; `https` says whether the issuer is served by https.
    #[must_use]
    pub fn new(https: bool) -> Self {
        Self {
            brand: None,
            https,
            form_targets: Vec::new(),
            image_origin: None,
            frame_origins: Vec::new(),
            script: false,
            in_flow: false,
            frame_ancestors: NO_ANCESTORS,
        }
    }

    /// For a page that stands between an app and the URI to which it sends the browser back.
    ///
    /// Chromium applies `form-action` to every redirect that follows a form, also to those that the app makes after
    /// its callback (seen with version 156). An exact origin would stop people at apps whose callback moves on to
    /// another host, without a word; so the scheme is allowed. And an app may have opened us in a window of its own,
    /// which `Cross-Origin-Opener-Policy` would cut off from its opener for good.
    #[must_use]
    pub fn in_flow(mut self, redirect_uri: &Url) -> Self {
        self.in_flow = true;
        self.form_targets = match redirect_uri.scheme() {
            "http" => vec!["http:".to_owned(), "https:".to_owned()],
            // A scheme that parsed as a URL's holds only letters, digits, `+`, `-` and `.`: it cannot end the directive.
            scheme => vec![format!("{scheme}:")],
        };
        self
    }

    /// For a page with a form that leads to other providers, whose own pages may lead on to yet others: as in
    /// [`Self::in_flow`], their schemes are allowed.
    #[must_use]
    pub fn leading_to(mut self, schemes: &[&str]) -> Self {
        for scheme in schemes.iter().map(|scheme| format!("{scheme}:")) {
            if !self.form_targets.contains(&scheme) {
                self.form_targets.push(scheme);
            }
        }
        self
    }

    /// Lets the page show the image at `uri`, for example an app's logo, if it is at an https address.
    #[must_use]
    pub fn with_image(mut self, uri: Option<&str>) -> Self {
        self.image_origin = uri.and_then(https_origin);
        self
    }

    /// Lets the page hold frames of these origins, and no others.
    #[must_use]
    pub fn with_frames(mut self, uris: &[Url]) -> Self {
        let origins = uris.iter().map(|uri| uri.origin().ascii_serialization());
        // A host may hold characters that end a directive.
        let fits = |origin: &String| origin.chars().all(|c| c.is_ascii_alphanumeric() || ".:/-_[]".contains(c));
        self.frame_origins = origins.filter(fits).collect();
        self.frame_origins.sort();
        self.frame_origins.dedup();
        self
    }

    /// Lets any page hold this one in a frame. For what shows nothing and has nothing to press.
    #[must_use]
    pub fn framed_by_anybody(mut self) -> Self {
        self.frame_ancestors = "*";
        self
    }

    /// Lets the page run our own script files (never inline ones).
    #[must_use]
    pub fn with_script(mut self) -> Self {
        self.script = true;
        self
    }

    /// The value of `Content-Security-Policy`.
    #[must_use]
    pub fn content_security_policy(&self) -> String {
        let mut policy = String::from("default-src 'none'; style-src 'self'; img-src 'self'");
        if let Some(origin) = &self.image_origin {
            policy.push(' ');
            policy.push_str(origin);
        }
        if self.script {
            policy.push_str("; script-src 'self'");
        }
        if !self.frame_origins.is_empty() {
            policy.push_str("; frame-src ");
            policy.push_str(&self.frame_origins.join(" "));
        }
        policy.push_str("; form-action 'self'");
        for target in &self.form_targets {
            policy.push(' ');
            policy.push_str(target);
        }
        policy.push_str("; frame-ancestors ");
        policy.push_str(self.frame_ancestors);
        policy.push_str("; base-uri 'none'");
        policy
    }

    /// Writes all of them into an answer.
    pub fn apply(&self, response: &mut HttpResponseBuilder) {
        response
            .insert_header((header::CONTENT_SECURITY_POLICY, self.content_security_policy()))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            // RFC 9700 §4.2.4: what is in our addresses must not reach the app or its logo's host by a Referer.
            .insert_header((header::REFERRER_POLICY, "no-referrer"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header((header::PERMISSIONS_POLICY, PERMISSIONS));
        if self.frame_ancestors == NO_ANCESTORS {
            // RFC 6749 §10.13: no other site may lay our consent page, unseen, under a visitor's pointer.
            response.insert_header((header::X_FRAME_OPTIONS, "DENY"));
        }
        if !self.in_flow {
            response.insert_header((header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"));
        }
        if self.https {
            response.insert_header((header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT));
        }
    }
}

fn https_origin(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok()?;
    (url.scheme() == "https").then(|| url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use actix_web::HttpResponse;

    use super::*;

    fn policy_towards(redirect_uri: &str) -> String {
        PageHeaders::new(true).in_flow(&Url::parse(redirect_uri).unwrap()).content_security_policy()
    }

    #[test]
    fn allows_nothing_unless_a_page_asks() {
        assert_eq!(
            PageHeaders::new(true).content_security_policy(),
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        );
    }

    #[test]
    fn lets_a_form_end_at_the_app_by_its_scheme() {
        for (redirect_uri, expected) in [
            ("https://app.example/cb", "form-action 'self' https:;"),
            ("http://127.0.0.1:4711/cb", "form-action 'self' http: https:;"),
            ("http://[::1]/cb", "form-action 'self' http: https:;"),
            ("com.example.app:/cb", "form-action 'self' com.example.app:;"),
        ] {
            assert!(policy_towards(redirect_uri).contains(expected), "{redirect_uri}");
        }
    }

    #[test]
    fn shows_a_logo_from_its_own_https_host_only() {
        let policy = |uri| PageHeaders::new(true).with_image(Some(uri)).content_security_policy();
        assert!(policy("https://cdn.example:8443/logo.png").contains("img-src 'self' https://cdn.example:8443;"));
        for other in ["http://cdn.example/logo.png", "data:image/png;base64,AA", "javascript:alert(1)", "nonsense"] {
            assert!(policy(other).contains("img-src 'self';"), "{other}");
        }
    }

    #[test]
    fn frames_the_named_origins_only() {
        let uris =
            ["https://b.example/out?sid=1", "http://127.0.0.1:4711/out", "https://b.example/", "https://x;y.example/"];
        let uris = uris.map(|uri| Url::parse(uri).unwrap());
        let policy = PageHeaders::new(true).with_frames(&uris).content_security_policy();
        assert!(policy.contains("; frame-src http://127.0.0.1:4711 https://b.example; form-action"), "{policy}");
        assert!(!PageHeaders::new(true).with_frames(&[]).content_security_policy().contains("frame-src"));
    }

    fn sent(headers: &PageHeaders) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        headers.apply(&mut response);
        response.finish()
    }

    /// RFC 6749 §10.13 (no framing) and RFC 9700 §4.2.4 (no referrer) hold on every page, whatever else it allows.
    #[test]
    fn refuses_frames_and_sends_no_referrer() {
        let redirect_uri = Url::parse("https://app.example/cb").unwrap();
        for headers in [PageHeaders::new(false), PageHeaders::new(true).in_flow(&redirect_uri).with_script()] {
            let response = sent(&headers);
            assert_eq!(response.headers().get(header::X_FRAME_OPTIONS).unwrap(), "DENY");
            assert_eq!(response.headers().get(header::REFERRER_POLICY).unwrap(), "no-referrer");
            assert_eq!(response.headers().get(header::CACHE_CONTROL).unwrap(), "no-store");
            assert!(headers.content_security_policy().contains("frame-ancestors 'none'"));
        }
    }

    #[test]
    fn promises_https_only_where_it_is_served() {
        assert!(sent(&PageHeaders::new(true)).headers().contains_key(header::STRICT_TRANSPORT_SECURITY));
        assert!(!sent(&PageHeaders::new(false)).headers().contains_key(header::STRICT_TRANSPORT_SECURITY));
    }

    #[test]
    fn keeps_the_opener_of_an_app_that_signs_in_by_a_window() {
        let redirect_uri = Url::parse("https://app.example/cb").unwrap();
        let opener = header::CROSS_ORIGIN_OPENER_POLICY;
        assert!(sent(&PageHeaders::new(true)).headers().contains_key(&opener));
        assert!(!sent(&PageHeaders::new(true).in_flow(&redirect_uri)).headers().contains_key(&opener));
    }
}
