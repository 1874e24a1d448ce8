// Package metrics counts what the service does, for Prometheus. Labels are route patterns and kinds, never people.
package metrics

import (
	"errors"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Registry holds the series of one process. Modules register their own on it.
type Registry struct {
	*prometheus.Registry
	requests *prometheus.HistogramVec
	streams  prometheus.Gauge
}

// New makes a registry with the process's and the runtime's series.
func New() *Registry {
	r := &Registry{
		Registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "sportello_http_request_duration_seconds",
			Help:    "Time from the request's header to its answer, by method, route pattern and status.",
			Buckets: []float64{.002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"method", "route", "status"}),
		streams: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "sportello_http_event_streams",
			Help: "Server-sent event streams open now.",
		}),
	}
	r.MustRegister(r.requests, r.streams, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

// Unmatched is the route label of requests that no route took, so that a scanner makes no series.
const Unmatched = "unmatched"

// Observe records one answered request. Only platform/web calls it.
func (r *Registry) Observe(method, route string, status int, d time.Duration) {
	r.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(d.Seconds())
}

// StreamOpened counts an event stream until the returned function is called.
func (r *Registry) StreamOpened() (closed func()) {
	r.streams.Inc()
	return r.streams.Dec
}

// Handler answers GET /metrics.
func (r *Registry) Handler() fiber.Handler {
	return adaptor.HTTPHandler(promhttp.HandlerFor(r.Registry, promhttp.HandlerOpts{}))
}

// Route gives the pattern of the route that answered, or Unmatched. err is what the handlers returned.
func Route(c *fiber.Ctx, err error) string {
	var fe *fiber.Error
	if errors.As(err, &fe) && (fe.Code == fiber.StatusNotFound || fe.Code == fiber.StatusMethodNotAllowed) {
		return Unmatched
	}
	return c.Route().Path
}
