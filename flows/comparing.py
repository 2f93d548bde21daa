"""The Prefect flow that compares finished studies, which is the entrypoint of its deployment."""

import sys
from pathlib import Path
from typing import Any

if not __package__:  # run by its file; ahead of any other `tasks` on the path
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.states import Failed
from pydantic import ValidationError

from denoising.addresses import masked
from denoising.report.page import render_markdown
from flows.compare import compare as compared
from flows.server.parameters import mask_parameters
from flows.settings.compare_settings import CompareSettings
from flows.settings.form import takes_settings
from flows.settings.messages import problems
from tasks.cache.failures import told
from tasks.cache.places import StoreError
from tasks.gather.from_folder import StudyError


@flow(name="compare", flow_run_name="compare")
@takes_settings(CompareSettings)
def compare(**parameters: Any) -> Any:
    """Compare finished studies: which settings differ, and by how many dB their errors do."""
    mask_parameters(parameters)
    try:
        report, page = compared(CompareSettings(**parameters), previews=True)
    except ValidationError as error:
        return Failed(message="; ".join(problems(error, parameters, CompareSettings)))
    except (StudyError, StoreError) as error:
        return Failed(message=masked(str(error)))
    except OSError as error:  # such as a folder that was removed meanwhile
        return Failed(message=told(error))
    create_markdown_artifact(
        f"The whole page: `{page}`\n\n{render_markdown(report)}",
        key="comparison",
        description=f"The comparison of {report.study.name}, in brief",
    )
    return {"studies": report.study.name, "page": str(page)}
