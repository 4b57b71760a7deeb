# Every image of ours, for both kinds of processor. `make images` loads them into this machine's engine, one platform after the other,
# as any builder can; a builder that can do both at once sends them to a registry under one name:
#   TAILBOARD_IMAGES=registry.example/me/tailboard TAILBOARD_VERSION=1.0.0 docker buildx bake --push
# The names are those of docker-compose.yml.

variable "TAILBOARD_IMAGES" {
  default = "tailboard"
}
variable "TAILBOARD_VERSION" {
  default = "local"
}

# What the labels say; `make images` fills them in from package.json and git.
variable "VERSION" {
  default = ""
}
variable "REVISION" {
  default = ""
}
variable "REPOSITORY" {
  default = ""
}

group "default" {
  targets = ["app"]
}

target "app" {
  name = app
  matrix = {
    app = [
      "aranet4",
      "camera",
      "frontend",
      "gateway",
      "orchestrator",
      "pihole",
      "sensehat",
      "system",
      "tailscale",
      "weather",
    ]
  }
  context    = "."
  dockerfile = "apps/${app}/Dockerfile"
  platforms  = ["linux/amd64", "linux/arm64"]
  tags       = ["${TAILBOARD_IMAGES}/${app}:${TAILBOARD_VERSION}"]
  # No date: the same content is the same image, whenever it was built.
  labels = {
    "org.opencontainers.image.vendor"   = "Tailboard"
    "org.opencontainers.image.version"  = VERSION != "" ? VERSION : null
    "org.opencontainers.image.revision" = REVISION != "" ? REVISION : null
    "org.opencontainers.image.source"   = REPOSITORY != "" ? REPOSITORY : null
  }
}
