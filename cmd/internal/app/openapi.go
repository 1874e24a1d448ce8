package app

import (
	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/frontend"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/modules/videocall"
)

// operations adds the JSON interface. The same registrations serve requests and make the description.
func operations(app *fiber.App, calls *videocall.Service) huma.API {
	api := web.API(app)
	videocall.RegisterKiosk(api, calls)
	videocall.RegisterDesk(api, calls)
	return api
}

// OpenAPI is the description of the JSON interface as YAML. It needs no service around.
func OpenAPI() ([]byte, error) {
	if err := i18n.Load(frontend.Locales()); err != nil {
		return nil, err
	}
	return operations(web.New(web.Config{}), nil).OpenAPI().YAML()
}
