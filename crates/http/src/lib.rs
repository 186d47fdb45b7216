//! HTTP: platform API, portal, phone, demo; problems and OpenAPI.
