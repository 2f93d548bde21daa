"""Shows a whole interactive page as an artifact in the Prefect UI."""

from urllib.parse import urlsplit

from prefect import get_client
from prefect.client.schemas.actions import ArtifactCreate
from prefect.runtime import flow_run
from prefect.settings import PREFECT_UI_URL

from denoising.addresses import masked
from tasks.run.work import run_logger

LARGEST = 4_000_000  # bytes; the UI fetches all of them whenever it lists the artifacts of the run
HEAD = "<head>"
# The UI shows the page in a frame, where links within the page would otherwise lead into the UI itself.
OWN_LINKS = '<base href="about:srcdoc">'
MAY = ["allow-scripts", "allow-downloads"]  # the frame keeps all else from the page


def show_page(content: bytes, study: str) -> str:
    """Show the page of a study as an artifact of the flow run, and return where it is, as Markdown.

    Prefect's V1 UI shows the page in a frame; its V2 UI shows the HTML only, so the Markdown leads to the
    former. The artifact has no key, because the UI fetches all artifacts of a key at once. A page that cannot
    be shown is told, and is no reason to fail the run.

    Args:
        content: the page, as HTML in UTF-8, with all that it needs inside.
        study: the name of the study.
    """
    if len(content) > LARGEST:
        return (
            f"not shown in the Prefect UI, because it has {len(content) / 1e6:.1f} MB, and at most "
            f"{LARGEST / 1e6:.0f} MB are shown"
        )
    page = {"html": content.decode().replace(HEAD, HEAD + OWN_LINKS, 1), "sandbox": MAY}
    told = f"**Whole report, for the V1 UI**: {study}, interactive. A link at the bottom left leads there."
    try:
        with get_client(sync_client=True) as client:
            made = client.create_artifact(
                ArtifactCreate(type="rich", description=told, data=page, flow_run_id=flow_run.id)
            )
    except Exception as error:  # whatever a server, or what stands before it, makes of so much
        why = masked(" ".join(str(error).split()))
        run_logger().warning("the whole report is not shown in the Prefect UI: %s", why)
        return "not shown in the Prefect UI, because the server did not take it"
    base = urlsplit(PREFECT_UI_URL.value() or "").path.rstrip("/")  # the browser may know another host
    return f"[interactive in the V1 UI]({base}/artifacts/artifact/{made.id})"
