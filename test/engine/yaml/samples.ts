// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Compose and templates look like that

/** A bit of everything that a Compose file can hold. */
export const composeSample = `# a header
%TAG ! tag:example.com,2000:
---
name: shop
x-image: &image "ghcr.io/shop/base:1.2.3" # anchored
x-common: &common
  restart: always
  image: *image
  environment: &env { A: "1", 'B': two }
x-more: &more
  <<: [*common, { privileged: yes }]
  cap_add: [SYS_ADMIN]

services:
  web:
    <<: *more
    # why
    image: !!str nginx:\${TAG:-1.27} # trailing
    read_only: \${RO:-true}
    tmpfs: /run:size=64m,mode=1777
    volumes:
      - ./src:/app:z
      - "data:/data"
      - \${SOCK:-/var/run/docker.sock}:/var/run/docker.sock
      - C:\\windows:/w
      - type: bind
        source: ~/x
        target: /x
        bind: { create_host_path: true }
      - { type: image, source: "alpine:3", target: /i }
  api: {<<: *common, build: {context: ., cache_from: ["x:1", "type=registry,ref=y/z:2"],
      additional_contexts: {a: "docker-image://debian:12", b: ../b}}}
  "job one":
    build:
      dockerfile_inline: |
        FROM alpine
      additional_contexts:
        - base=docker-image://golang:1.22
    extends:
      service: web
    image: >-
      folded
      text
    command: |+
      keep

  llm:
    provider: {type: model, options: {model: ai/x}}
  empty:
  two: *common
volumes: {data: }
...
`;

/** A bit of everything that manifests can hold. */
export const kubernetesSample = `apiVersion: apps/v1
kind: Deployment # not a Service
metadata: {name: web, namespace: 'shop', annotations: {image.openshift.io/triggers: '[{"fieldPath":"spec.template.spec.containers[?(@.name==\\"side\\")].image"}]'}}
spec:
  template:
    spec:
      os: {name: linux}
      securityContext:
        readOnlyRootFilesystem: true
      initContainers:
      - &setup
        name: setup
        image: 'busybox:1.36' # why
        securityContext: &strict { readOnlyRootFilesystem: true, capabilities: {add: ["SYS_ADMIN"]} }
      containers:
        - name: api
          image: "reg:5000/shop/api"
          imagePullPolicy: IfNotPresent
          securityContext: *strict
          volumeMounts:
            - {name: sock, mountPath: /var/run, subPath: docker.sock}
            - name: tmp
              mountPath: /tmp # scratch
              readOnly: no
        - <<: *setup
          name: second
        - name: side
          image: " "
        - image: \${IMAGE}
          securityContext:
          volumeMounts: []
        -
      volumes:
      - name: sock
        hostPath: {path: /var/run/}
      - name: tmp
        emptyDir:
      - name: pic
        image:
          reference: quay.io/x/y:1
---
{"apiVersion": "v1", "kind": "List", "items": [
	{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [{"name": "a", "image": "b:1"}]}}
]}
---
apiVersion: tekton.dev/v1
kind: Task
metadata: {name: build}
spec:
  params: [{name: image, default: "docker.io/x:1"}, {name: other}]
  stepTemplate: {image: "a"}
  steps:
    - name: one
      image: $(params.image)
    - image: $(params["other"])
      script: |
        image: not/this
---
kind: Template
apiVersion: v1
parameters: [{name: IMAGE, value: "quay.io/a/b:2"}]
objects:
- kind: DeploymentConfig
  apiVersion: apps.openshift.io/v1
  metadata: {name: dc}
  spec: {template: {spec: {containers: [{name: c, image: "\${IMAGE}"}]}}}
`;

/** Aliases that stand for far more than the file holds, and for themselves. */
export const hostileSample = `a0: &a0 {image: x, name: y}
${Array.from({ length: 30 }, (_, at) => `a${at + 1}: &a${at + 1} {l: *a${at}, r: *a${at}, <<: [*a${at}, *a${at}]}`).join('\n')}
loop: &loop
  <<: *loop
  containers: &list [*loop, *list, {image: z}]
  next: *loop
services: {web: *a30, own: *loop, image: x}
apiVersion: v1
kind: Pod
spec: *loop
`;
