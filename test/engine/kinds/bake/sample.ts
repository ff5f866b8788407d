/** A bit of everything that a Bake file can hold. */
export const sample = `# The shop's images
variable "NODE" { default = "20.11.1" }
variable "REGISTRY" {
  default     = "ghcr.io/shop" // where they go
  description = "docker-image://not.this/one:1"
}
variable "EMPTY" {}
variable "PORTS" { default = [80, 443] }
SUFFIX = "-slim"

/* groups
   "docker-image://not.this/one:2" */
group "default" {
  targets = ["app", "lint"]
}

function "image" {
  params = [name]
  result = "docker-image://\${REGISTRY}/\${name}"
}

target "_base" {
  contexts = {
    debian       = "docker-image://debian:12.5"
    "alpine:3.20" = "docker-image://docker.io/library/alpine:3.20@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" # pinned
    node = "docker-image://node:\${NODE}\${SUFFIX}", src = "./src"
    remote = "https://github.com/shop/app.git"
    other = "target:lint"
    call = image("docker-image://not.this/one:3")
  }
  args = {
    BASE = "not.this/one:4"
    WHEN = "\${equal("x", "}") ? "a" : "\${NODE}"}"
  }
}

target "app" {
  inherits = ["_base"]
  dockerfile-inline = <<-EOT
    FROM "docker-image://not.this/one:5"
    EOT
  cache-from = [
    "type=registry,ref=\${REGISTRY}/app:cache", # ours
    "ghcr.io/shop/base:1.2.3",
    { type = "registry", ref = "ghcr.io/shop/more:latest" },
    "type=gha,scope=app",
  ]
  cache-to = ["type=registry,ref=\${REGISTRY}/app:cache,mode=max"]
  tags = DEBUG ? ["not.this/one:6"] : []
  labels = { for name in ["a"] : name => "docker-image://not.this/one:7" }
}

target "lint" {
  name   = "lint-\${version}"
  matrix = { version = ["18", "20"] }
  contexts = { base = "docker-image://node:\${version}" }
  tags     = ["\${REGISTRY}/lint:\${EMPTY}", "lint"]
}
`;
