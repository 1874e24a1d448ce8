package catalog

// Metatag is the description of a service for machines that the official model prescribes (criterion R.SI.1.1): JSON-LD
// with the vocabulary of schema.org.
type Metatag struct {
	Context  string       `json:"@context"`
	Type     string       `json:"@type"`
	Name     string       `json:"name"`
	Kind     string       `json:"serviceType"`
	Operator metaName     `json:"serviceOperator"`
	Area     metaName     `json:"areaServed"`
	Audience metaAudience `json:"audience"`
	Channel  metaChannel  `json:"availableChannel"`
}

type metaName struct {
	Type string `json:"@type"`
	Name string `json:"name"`
}

type metaAudience struct {
	Type string `json:"@type"`
	Kind string `json:"audienceType"`
}

type metaChannel struct {
	Type     string       `json:"@type"`
	URL      string       `json:"serviceUrl"`
	Location metaLocation `json:"serviceLocation"`
}

type metaLocation struct {
	Type    string      `json:"@type"`
	Name    string      `json:"name"`
	Address metaAddress `json:"address"`
}

type metaAddress struct {
	Type       string `json:"@type"`
	Street     string `json:"streetAddress"`
	PostalCode string `json:"postalCode"`
	Locality   string `json:"addressLocality"`
}

func metatag(v SheetView, base string) Metatag {
	m := Metatag{
		Context: "https://schema.org", Type: "GovernmentService", Name: v.Sheet.Title, Kind: v.Category.Title,
		Operator: metaName{"GovernmentOrganization", v.Entity.Name},
		Area:     metaName{"AdministrativeArea", v.Entity.Locality},
		Audience: metaAudience{"Audience", v.Sheet.AddressedTo},
	}
	m.Channel = metaChannel{Type: "ServiceChannel", URL: base + "/servizi/" + v.Sheet.Slug, Location: metaLocation{
		Type: "Place", Name: v.Entity.Name,
		Address: metaAddress{"PostalAddress", v.Entity.Street, v.Entity.PostalCode, v.Entity.Locality},
	}}
	if v.Responsible != nil {
		m.Channel.Location.Name = v.Responsible.Name
		if v.Responsible.Address != "" {
			m.Channel.Location.Address.Street = v.Responsible.Address
		}
	}
	if v.Sheet.OnlineURL != "" {
		m.Channel.URL = v.Sheet.OnlineURL
	}
	return m
}
