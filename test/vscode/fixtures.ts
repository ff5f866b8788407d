/** The files of the workspace that most tests open. All images are on Docker Hub; a setting sends the lookups elsewhere. */
const images = {
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
    security_opt: [no-new-privileges:true]
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
          securityContext:
            allowPrivilegeEscalation: false
`,
  'k8s/web.yaml': `apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: web
spec:
  template:
    spec:
      containers:
        - name: web
          image: nginx:1.27.4
          securityContext:
            privileged: true
            readOnlyRootFilesystem: true
`,
  'k8s/gone.yaml': `apiVersion: batch/v1
kind: Job
metadata:
  name: gone
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: gone
          image: example/gone:1.0.0
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
`,
  'notes.txt': 'image: redis\n',
} as const;

/** A digest that no registry has. */
export const madeUp = (digit: string): string => `sha256:${digit.repeat(64)}`;

/** Files that have to do with each other, and a policy for all of them. */
const related = {
  '.holdfast.yaml': `rules:
  digest-without-tag: warning
`,
  'shop/compose.yaml': `services:
  api:
    build: api
    image: shop/api:2.4.1
    read_only: true
    security_opt: [no-new-privileges:true]
    tmpfs: [/tmp, /data]
`,
  'shop/api/Dockerfile': `FROM nginx:1.27.4@${madeUp('1')}
VOLUME /data
`,
  'shop/proxy.yaml': `apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: proxy
spec:
  template:
    spec:
      containers:
        - name: proxy
          image: nginx:1.27.4@${madeUp('2')}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
`,
  'shop/api.yaml': `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: api
spec:
  template:
    spec:
      containers:
        - name: api
          image: shop/api:2.4.1
          envFrom:
            - configMapRef:
                name: settings
          securityContext:
            allowPrivilegeEscalation: false
`,
  'shop/settings.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  LOG_LEVEL: info
`,
  'shop/batch.yaml': `apiVersion: batch/v1
kind: Job
metadata:
  name: batch
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        # holdfast-ignore writable-root-filesystem
        - name: batch
          # holdfast-ignore floating-tag -- built every night
          image: node:22.14.0@${madeUp('3')}
          securityContext:
            allowPrivilegeEscalation: false
`,
} as const;

export const fixtures = { ...images, ...related } as const;

export type Fixture = keyof typeof fixtures;

/** The folders that windows are opened on. */
export const workspaces = { images, related } as const;

/** The manifests of `images`. */
export const fixturePaths: readonly Fixture[] = [
  'web/Dockerfile',
  'compose.yaml',
  'k8s/database.yaml',
  'k8s/web.yaml',
  'k8s/gone.yaml',
];

/** What the registry holds: every image of `images` except `example/gone`. */
export const offered = [
  { repository: 'library/node', tag: '22' },
  { repository: 'library/nginx', tag: '1.27.4' },
  { repository: 'library/redis', tag: 'latest' },
  { repository: 'library/mariadb', tag: '11.4.5' },
] as const;

/** `repository:tag` → digest. */
export type Digests = Readonly<Record<string, string>>;
