#!/bin/sh
# The page takes its client secret from the environment only; in compose it is a file.
set -eu

TEMPORAL_AUTH_CLIENT_SECRET="$(cat /run/secrets/temporal_ui_client_secret)"
export TEMPORAL_AUTH_CLIENT_SECRET
exec /home/ui-server/start-ui-server.sh
