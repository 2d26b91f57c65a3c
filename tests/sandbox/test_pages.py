"""The sandbox's own pages in a browser: readable on a phone, no errors, no scripts."""

import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from sandbox.mailbox import Mailbox
from sandbox.outbox import Outbox
from sandbox.server import make_server

pytestmark = pytest.mark.browser


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[tuple[Outbox, str]]:
    outbox = Outbox(tmp_path)
    with make_server(0, Mailbox(outbox, lambda _: None)) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield outbox, f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


def test_a_phone_shows_the_mail_and_new_mail_by_itself(browser: Browser, mailbox: tuple[Outbox, str]) -> None:
    outbox, url = mailbox
    page = browser.new_page(viewport={"width": 320, "height": 640})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(url)
    page.get_by_text("Nothing has been sent yet").wait_for()
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.com", "b@example.com", "Your code"
    link = "http://localhost:8000/sign-in#" + "x" * 200
    message.set_content(f"123456\n{link}\n")
    message.add_alternative("<p><b>123456</b></p>", subtype="html")
    outbox.add(message, {"destination": ["b@example.com"]})
    page.get_by_role("heading", name="Your code").wait_for()  # the page looks again by itself
    assert page.get_by_role("link", name=link).get_attribute("href") == link
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("button", name="Report as spam").click()
    page.get_by_text("Reported as spam.").wait_for()
    page.get_by_role("link", name="As HTML").click()
    page.get_by_text("123456").wait_for()
    assert complaints == []
    page.close()
