"""`bizportal deploy`: which release of the stories the engine hands runs to, and which still have their own."""

from __future__ import annotations

import argparse
import asyncio
from typing import TYPE_CHECKING

from commands.asking import CannotDo, add_data
from commands.operations import parts

if TYPE_CHECKING:
    from temporalio.api.deployment.v1 import WorkerDeploymentInfo
    from temporalio.client import Client


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Hang the word on the parser."""
    word = commands.add_parser(
        "deploy", help="make a release of the stories current, once its workers run; or list them"
    )
    word.add_argument("name", nargs="?", metavar="RELEASE", help="BIZ_RELEASE of those workers; without it, list")
    add_data(word)
    word.set_defaults(command=_release)


def _release(options: argparse.Namespace) -> int:
    info = asyncio.run(_released(options))
    for line in _lines(info):
        print(line)
    return 0


async def _released(options: argparse.Namespace) -> WorkerDeploymentInfo:
    from temporalio.service import RPCError

    async with parts(options.data) as (_, client):
        try:
            if options.name:
                await _make_current(client, options.name)
            return await _described(client)
        except RPCError as no:
            if options.name is None:
                raise CannotDo(f"no release was deployed: no worker ran with BIZ_RELEASE ({no})") from no
            raise CannotDo(f"the engine says: {no}. Do workers with BIZ_RELEASE={options.name} run?") from no


async def _make_current(client: Client, name: str) -> None:
    from temporalio.api.workflowservice.v1 import SetWorkerDeploymentCurrentVersionRequest

    from worker import DEPLOYMENT

    asked = SetWorkerDeploymentCurrentVersionRequest(
        namespace=client.namespace, deployment_name=DEPLOYMENT, build_id=name, ignore_missing_task_queues=True
    )
    await client.workflow_service.set_worker_deployment_current_version(asked)


async def _described(client: Client) -> WorkerDeploymentInfo:
    from temporalio.api.workflowservice.v1 import DescribeWorkerDeploymentRequest

    from worker import DEPLOYMENT

    asked = DescribeWorkerDeploymentRequest(namespace=client.namespace, deployment_name=DEPLOYMENT)
    return (await client.workflow_service.describe_worker_deployment(asked)).worker_deployment_info


def _lines(info: WorkerDeploymentInfo) -> list[str]:
    from temporalio.api.enums.v1 import VersionDrainageStatus

    current = info.routing_config.current_deployment_version.build_id
    lines = []
    for one in info.version_summaries:
        name, drained = one.deployment_version.build_id, VersionDrainageStatus.Name(one.drainage_info.status)
        state = "current" if name == current else drained.removeprefix("VERSION_DRAINAGE_STATUS_").lower()
        lines.append(f"{name}  {state}")
    return lines
