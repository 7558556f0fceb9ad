"""An HTTP service over one loaded model. Needs the extra ``service``."""

from .app import create_app
from .settings import Settings

__all__ = ["Settings", "create_app"]
