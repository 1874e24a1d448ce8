// The portal's script. Every page works without it.
export {}
