#!/bin/sh
# Temporal's own tables, up to date for this version of the server.
set -eu
tool() { temporal-sql-tool --plugin postgres12 --ep temporal-postgres -u temporal -p 5432 "$@"; }
for name in temporal visibility; do
    database=temporal$([ "$name" = temporal ] || echo "_$name")
    tool --db "$database" create # says nothing where it is there already
    tool --db "$database" setup-schema -v 0.0 || echo "$database has its schema"
    tool --db "$database" update-schema -d "/etc/temporal/schema/postgresql/v12/$name/versioned"
done
