"""What many tests need: the corpus, the shipped models, a few texts written for the tests."""

from __future__ import annotations

import dataclasses
import os
import socket
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

# Tests assert what is right, never how long it takes; and the same examples every time.
settings.register_profile("domainfit", deadline=None, derandomize=True)
settings.load_profile("domainfit")

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

ROOT = Path(__file__).parent.parent

VISION = """PERCEPTION ENGINEER
Experience
- Trained a detector for pallets on 30,000 warehouse images and shipped it to 40 forklifts
- Calibrated the stereo cameras of each truck and wrote the depth estimation
- Segmented free floor from video with a U-Net, evaluated on night shifts
Education
MSc in Robotics
"""
LANGUAGE = """NLP ENGINEER
Experience
- Built named entity recognition for insurance letters, with an annotation guide and four annotators
- Trained a summarisation model for call transcripts and measured it against people
- Maintains the speech recognition models for two dialects, used in 3,000 calls a day
Education
MSc in Computational Linguistics
"""
BACKEND = """BACKEND DEVELOPER
Experience
- Wrote the booking service in Java with Spring and PostgreSQL for a ferry line
- Moved the invoices from a mainframe to a message queue and kept both in step for a year
- Answers the second-level support calls of the ticket offices
Education
BSc in Information Systems
"""
TEACHER = """MATHEMATICS TEACHER
Experience
- Taught algebra and geometry to classes of thirty pupils and prepared them for their final examinations
- Led the school choir and organised a concert in the town hall every spring
- Wrote the timetable of forty teachers with a pencil and later with a spreadsheet
Education
Teaching degree, mathematics and music
"""
VISION_ROLE = """Computer Vision Engineer
You will train object detection and segmentation models on images from our sorting belts.
You will calibrate cameras, choose lenses and light, and bring the models to the edge device.
You have several years of experience with image-based deep learning and with tracking in video.
We offer thirty days of leave and a canteen.
"""


@pytest.fixture(scope="session")
def fast():
    import domainfit

    return domainfit.load_bundle("fast")


@pytest.fixture(scope="session")
def base():
    import domainfit

    return domainfit.load_bundle("base")


@pytest.fixture(scope="session")
def corpus():
    from domainfit.training.corpus import load_corpus

    return load_corpus(ROOT / "data")


@contextmanager
def serving(model):
    """Serve a model in a thread of its own; the service's address."""
    uvicorn = pytest.importorskip("uvicorn")
    from domainfit.service import Settings, create_app

    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(create_app(Settings(model="fast"), model), port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)


def of_work(scores):
    """Keep the scores of the segments that describe work."""
    names = ("probability", "level", "depth", "section", "work")
    return dataclasses.replace(scores, **{name: getattr(scores, name)[scores.work] for name in names})
