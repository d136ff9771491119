"""Laurel in Tutor: settings, containers, routing, and the preparation of the LMS. docs/how-to/deploy-with-tutor.md tells how to use it."""

from __future__ import annotations

import shlex
from pathlib import Path

import click
from tutor import hooks

HERE = Path(__file__).parent
VERSION = "0.1.0"

# Open to change with `tutor config save --set`.
DEFAULTS = {
    "VERSION": VERSION,
    "HOST": "badges.{{ LMS_HOST }}",
    "DOCKER_IMAGE": "docker.io/laurel:{{ LAUREL_VERSION }}",
    # Folder of the repository, for `tutor images build laurel`.
    "SOURCE": "",
    "MONGODB_DATABASE": "laurel",
    # Another server, e.g. Atlas: mongodb+srv://user:password@host/laurel
    "MONGODB_URI": "mongodb://{% if MONGODB_USERNAME %}{{ MONGODB_USERNAME }}:{{ MONGODB_PASSWORD }}@{% endif %}"
    "{{ MONGODB_HOST }}:{{ MONGODB_PORT }}/{{ LAUREL_MONGODB_DATABASE }}"
    "{% if MONGODB_USERNAME %}?authSource={{ MONGODB_AUTH_SOURCE }}{% endif %}",
    "RUN_RABBITMQ": True,
    "DOCKER_IMAGE_RABBITMQ": "docker.io/rabbitmq:4-management",
    # Another broker: RUN_RABBITMQ false, and its address here.
    "AMQP_URL": "amqp://laurel:{{ LAUREL_RABBITMQ_PASSWORD }}@laurel-rabbitmq:5672",
    "CONSUMERS": 1,
    # What brings events from the LMS: a pip requirement, and the class in it for EVENT_BUS_PRODUCER. Empty: nothing does.
    "BRIDGE_REQUIREMENT": "",
    "BRIDGE_PRODUCER": "",
    "EVENT_TYPES": "org.openedx.learning.course.passing.status.updated.v1,"
    "org.openedx.learning.ccx.course.passing.status.updated.v1",
    # More environment variables, as a mapping.
    "EXTRA_ENVIRONMENT": {},
}

# Made once for each installation.
UNIQUE = {
    "SECRET_KEY": "{{ 48|random_string }}",
    "INGEST_TOKEN": "{{ 48|random_string }}",
    "RABBITMQ_PASSWORD": "{{ 32|random_string }}",
    "LMS_CLIENT_SECRET": "{{ 48|random_string }}",
    "LMS_SIGN_IN_CLIENT_SECRET": "{{ 48|random_string }}",
}

hooks.Filters.CONFIG_DEFAULTS.add_items([(f"LAUREL_{name}", value) for name, value in DEFAULTS.items()])
hooks.Filters.CONFIG_UNIQUE.add_items([(f"LAUREL_{name}", value) for name, value in UNIQUE.items()])

hooks.Filters.ENV_TEMPLATE_ROOTS.add_item(str(HERE / "templates"))
hooks.Filters.ENV_PATCHES.add_items(
    [(path.name, path.read_text(encoding="utf-8")) for path in sorted((HERE / "patches").iterdir())]
)

# One image for everything.
hooks.Filters.IMAGES_BUILD.add_item(("laurel", "{{ LAUREL_SOURCE }}", "{{ LAUREL_DOCKER_IMAGE }}", ()))
hooks.Filters.IMAGES_PULL.add_item(("laurel", "{{ LAUREL_DOCKER_IMAGE }}"))
hooks.Filters.IMAGES_PUSH.add_item(("laurel", "{{ LAUREL_DOCKER_IMAGE }}"))


@hooks.Filters.APP_PUBLIC_HOSTS.add()
def _public_hosts(hosts: list[str], mode: str) -> list[str]:
    return [*hosts, "{{ LAUREL_HOST }}" if mode == "local" else "{{ LAUREL_HOST }}:8080"]


@hooks.Filters.COMPOSE_MOUNTS.add()
def _mounts(mounts: list[tuple[str, str]], folder: str) -> list[tuple[str, str]]:
    """`tutor mounts add .../laurel-plugins` puts plugins of your own where LAUREL_PLUGINS may name them."""
    if folder != "laurel-plugins":
        return mounts
    return [*mounts, *[(service, "/plugins") for service in ("laurel", "laurel-consumer", "laurel-job")]]


# Both may run any number of times. The LMS first: Laurel needs nothing of it to begin with.
for service, script in (("lms", "lms.sh"), ("laurel", "laurel.sh")):
    hooks.Filters.CLI_DO_INIT_TASKS.add_item(
        (service, (HERE / "templates" / "laurel" / "jobs" / script).read_text(encoding="utf-8"))
    )


@click.command(name="laurel-check", help="Look at settings, database, RabbitMQ and badges, and say what to do")
@click.option("--connect", is_flag=True, help="Call badge providers, the LMS and the mail server too")
def _check(connect: bool) -> list[tuple[str, str]]:
    return [("laurel", f"laurel check{' --connect' if connect else ''}")]


@click.command(name="laurel-sign-in", help="Print a one-time link for an administrator")
def _sign_in() -> list[tuple[str, str]]:
    return [("laurel", "laurel sign-in")]


@click.command(name="laurel", help="Run any other command of Laurel")
@click.argument("words", nargs=-1, required=True)
def _laurel(words: tuple[str, ...]) -> list[tuple[str, str]]:
    return [("laurel", shlex.join(["laurel", *words]))]


hooks.Filters.CLI_DO_COMMANDS.add_items([_check, _sign_in, _laurel])
