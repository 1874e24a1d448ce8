package videocall

// SessionClosed tells that an encounter ended, however it did. What it used is read from the ledger.
type SessionClosed struct {
	SessionID string `json:"session_id"`
}

// Kind implements tenant.Event.
func (SessionClosed) Kind() string { return "videocall.session_closed.v1" }

// RoomDone asks for a video room to be deleted, again and again until LiveKit has done it.
type RoomDone struct {
	Room string `json:"room"`
}

// Kind implements tenant.Event.
func (RoomDone) Kind() string { return "videocall.room_done.v1" }

// SessionCheck asks a process to look after a session that may have lost the process that did.
type SessionCheck struct {
	SessionID string `json:"session_id"`
}

// Kind implements tenant.Event.
func (SessionCheck) Kind() string { return "videocall.session_check.v1" }
