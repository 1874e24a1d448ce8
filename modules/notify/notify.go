package notify

import "embed"

// Migrations is the module's line of schema changes.
//
//go:embed migrations/*.sql
var Migrations embed.FS
