"""Starts the Django project, with a database in memory."""
import logging
import os

import django
from django.core.management import call_command

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
django.setup()
logging.disable()
call_command("migrate", verbosity=0)
call_command("runserver", os.environ["PORT"], use_reloader=False)
