#!/bin/sh
# Makes the three buckets, once; sealed licences with versions and Object Lock, which can only be had from the start.
set -eu
there=$(echo s3.bucket.list | weed shell -master=shelf:9333 -filer=shelf:8888)
make() { # NAME [-withLock]
    echo "$there" | grep -q "^ *$1[[:space:]]" || echo "s3.bucket.create -name $* -owner bizportal" |
        weed shell -master=shelf:9333 -filer=shelf:8888
}
make licences -withLock
make papers
make attachments
