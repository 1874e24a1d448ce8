package main

import (
	"os"

	"github.com/sportello/sportello/cmd/internal/app"
)

type openAPICommand struct{}

func (openAPICommand) Run() error {
	spec, err := app.OpenAPI()
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(spec)
	return err
}
