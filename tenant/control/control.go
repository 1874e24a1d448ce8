// Package control reads and writes the control plane: entities, host names, devices, the registry of codes.
package control

import "embed"

// Migrations of the control plane's schema.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// Schema holds the control plane.
const Schema = "control"
