/** A bit of everything that a container unit can hold. */
export const sample = `# The shop
; and a comment of the other kind
[Unit]
Description=Image=not.this/one:1
After=network-online.target

[Container]
Image=docker.io/library/nginx:1.26
Image="quay.io/shop/web:2.4.1"
ContainerName=web-%i
ReadOnly=no
PodmanArgs=--memory 2g \\
  # in the middle
  "--privileged" --cap-add=SYS_ADMIN,NET_RAW \\

  --volume /srv/in:/in
AddCapability=CAP_CHOWN "NET_ADMIN"
Volume=/srv/old:/old
Volume=
Volume=/srv/data:/data:Z,rw
Volume=%h/cache:/cache
Volume=db.volume:/var/lib/db
Tmpfs=/scratch:size=64m
Mount=type=image,source=docker.io/library/alpine:3.20,destination=/alpine type=bind,src=/etc/app,dst=/app,readonly
Exec=run --image=not.this/one:2 \\
  Image=not.this/one:3

[Service]
Restart=always

[Container]
Environment=IMAGE=not.this/one:4
`;
