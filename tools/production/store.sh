#!/bin/sh
# The S3 gateway. We read and write; nobody above it may make or remove a bucket, or let go of a locked licence.
set -eu
umask 077
cat > /run/store/identities.json <<END
{"identities": [{"name": "bizportal",
  "credentials": [{"accessKey": "$S3_ACCESS_KEY", "secretKey": "$S3_SECRET_KEY"}],
  "actions": ["Read", "Write", "List", "Tagging", "GetObjectRetention", "PutObjectRetention",
              "GetBucketObjectLockConfiguration", "GetBucketVersioning"]}]}
END
exec weed s3 -filer=shelf:8888 -ip.bind=0.0.0.0 -port=8333 -port.iceberg=0 -port.lance=0 -iam=false \
    -config=/run/store/identities.json
