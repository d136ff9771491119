#!/usr/bin/env bash
# Has Tutor render the plugin in a folder of its own and looks whether the outcome is what docker compose and Kubernetes read.
# Needs Python 3.9 or later; installs Tutor into that folder: `check.sh 21` its release 21, the newest that is supported unless told.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
release=${1:-22}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$here" "$work/plugin"

python3 -m venv "$work/python"
"$work/python/bin/pip" install --quiet "$work/plugin" "tutor==$release.*" kubernetes-validate
export TUTOR_ROOT="$work/root" TUTOR_PLUGINS_ROOT="$work/plugins"
tutor() { "$work/python/bin/tutor" "$@"; }

mentions() { grep -ril laurel "$TUTOR_ROOT/env" || true; }

tutor config save --set LMS_HOST=lms.example.org >/dev/null
[ -z "$(mentions)" ] || { echo "something of Laurel is there before the plugin is enabled"; exit 1; }

tutor plugins enable laurel >/dev/null
for choice in ENABLE_HTTPS=true LAUREL_RUN_RABBITMQ=false ENABLE_WEB_PROXY=false; do
  tutor config save --set "$choice" >/dev/null
  "$work/python/bin/python" - "$TUTOR_ROOT/env" <<'PYTHON'
import json, sys, yaml
from pathlib import Path

env = Path(sys.argv[1])
for path in [*env.glob("local/*.yml"), *env.glob("dev/*.yml"), *env.glob("k8s/*.yml"), env / "kustomization.yml"]:
    list(yaml.safe_load_all(path.read_text()))
services = yaml.safe_load((env / "local/docker-compose.yml").read_text())["services"]
json.loads(services["laurel"]["environment"]["LAUREL_LMS_JWT_KEYS"])
for path in env.glob("apps/openedx/settings/*/*.py"):
    compile(path.read_text(), str(path), "exec")
PYTHON
  for file in deployments jobs services volumes; do
    # Empty where a configuration needs none of a kind.
    [ ! -s "$TUTOR_ROOT/env/k8s/$file.yml" ] || "$work/python/bin/kubernetes-validate" --strict --quiet "$TUTOR_ROOT/env/k8s/$file.yml"
  done
  if docker compose version >/dev/null 2>&1; then
    for files in "local/docker-compose.yml local/docker-compose.prod.yml" "local/docker-compose.yml dev/docker-compose.yml"; do
      # shellcheck disable=SC2086
      (cd "$TUTOR_ROOT/env" && docker compose $(printf -- '-f %s ' $files) --project-name laurel config --quiet)
    done
  fi
  if command -v kubectl >/dev/null; then kubectl kustomize "$TUTOR_ROOT/env" >/dev/null; fi
  echo "$choice: rendered"
done

tutor plugins disable laurel >/dev/null
tutor config save >/dev/null
[ -z "$(mentions)" ] || { echo "left behind:"; mentions; exit 1; }
echo "disabled: nothing left behind, with $("$work/python/bin/tutor" --version)"
