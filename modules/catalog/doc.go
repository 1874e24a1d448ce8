// Package catalog owns what an entity offers and when it answers: its own particulars, the offices with their
// hours, the exceptions of the calendar, and the services with the fields of the official service sheet.
//
// Entry points: Service for reads and changes, Calendar for the pure arithmetic of opening hours.
package catalog
