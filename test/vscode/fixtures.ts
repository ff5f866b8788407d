/** The files of the workspace that the tests open. All images are on Docker Hub; a setting sends the lookups elsewhere. */
export const fixtures = {
  'web/Dockerfile': `FROM node:22 AS build
RUN npm ci

FROM nginx:1.27.4
COPY --from=build /app /srv
`,
  'compose.yaml': `services:
  # The cache may be lost.
  cache:
    image: redis   # sessions only
    read_only: true
`,
  'k8s/database.yaml': `apiVersion: v1
kind: Service
metadata:
  name: db
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
spec:
  template:
    spec:
      containers:
        - name: mariadb
          image: 'mariadb:11.4.5'
`,
  'k8s/web.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: nginx:1.27.4
      securityContext:
        privileged: true
        readOnlyRootFilesystem: true
`,
  'k8s/gone.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: gone
spec:
  containers:
    - name: gone
      image: example/gone:1.0.0
      securityContext:
        readOnlyRootFilesystem: true
`,
  'notes.txt': 'image: redis\n',
} as const;

export type Fixture = keyof typeof fixtures;

export const fixturePaths: readonly Fixture[] = [
  'web/Dockerfile',
  'compose.yaml',
  'k8s/database.yaml',
  'k8s/web.yaml',
  'k8s/gone.yaml',
];

/** What the registry holds: every image of the fixtures except `example/gone`. */
export const offered = [
  { repository: 'library/node', tag: '22' },
  { repository: 'library/nginx', tag: '1.27.4' },
  { repository: 'library/redis', tag: 'latest' },
  { repository: 'library/mariadb', tag: '11.4.5' },
] as const;

/** `repository:tag` → digest. */
export type Digests = Readonly<Record<string, string>>;
