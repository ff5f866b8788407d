/** A bit of everything that a Dockerfile can hold. */
export const sample = `# syntax=docker/dockerfile:1.7
# escape=\\
# check=skip=all

# a comment
ARG REGISTRY=docker.io BASE="node:20.11.1"
ARG COPY_OF=\${BASE} VERSION
ARG ALPINE=alpine:\${ALPINE_VERSION:-3.20}

FROM --platform=$BUILDPLATFORM --flag="x y" \\
  # a comment inside
  \${BASE} \\

  AS Build
RUN --mount=type=cache,target=/root/.npm --mount=type=bind,from=ghcr.io/astral-sh/uv:0.5.11,target=/uv \\
    --mount=from=build,target=/x <<-"END OF" cat <<EOF2 > /y
FROM not:an-image
# not a comment
	END OF
COPY --from=not/an:image / /
EOF2
RUN echo 'it is << not a heredoc' && test $((1<<2)) -eq 4
COPY --link --from=nginx:1.27.3 --chown=1:1 ["/a b", "/c"]
COPY --from=0 /a /b
ONBUILD COPY --from=busybox /bin/sh /sh
ONBUILD RUN --mount=type=bind,from=alpine:edge,target=/mnt true

from \${ALPINE} as Test
FROM build
FROM \${REGISTRY}/library/debian:\${VERSION} AS last
COPY --from=TEST /x /y
FROM 'scratch'
LABEL a="{{ not a template }}" b=\${A:-\${B:-x}}
`;
