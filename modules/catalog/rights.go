package catalog

import "github.com/sportello/sportello/modules/kernel/actor"

// CanEdit says whether the actor may change the catalogue, the offices and the calendar: administrators of the entity,
// and the system when it fills an entity for the first time.
func CanEdit(a actor.Actor) bool { return a.Has(actor.Administrator) || a.Kind == actor.System }
