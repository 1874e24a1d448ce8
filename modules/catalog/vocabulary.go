package catalog

import (
	_ "embed"
	"slices"
	"strings"
)

//go:embed vocabulary/categories.txt
var categoriesText string

//go:embed vocabulary/topics.txt
var topicsText string

// Category is one of the fifteen second-level titles of "Servizi" in the official model.
type Category struct{ Slug, Title, Description string }

// Topic is one of the sixty-four topics ("argomenti") of the official model.
type Topic struct{ Slug, Title string }

var (
	categories = readCategories(categoriesText)
	topics     = readTopics(topicsText)
)

// Categories lists all categories in the model's order.
func Categories() []Category { return slices.Clone(categories) }

// Topics lists all topics in the model's order.
func Topics() []Topic { return slices.Clone(topics) }

// CategoryBySlug finds a category.
func CategoryBySlug(slug string) (Category, bool) {
	i := slices.IndexFunc(categories, func(c Category) bool { return c.Slug == slug })
	if i < 0 {
		return Category{}, false
	}
	return categories[i], true
}

// TopicBySlug finds a topic.
func TopicBySlug(slug string) (Topic, bool) {
	i := slices.IndexFunc(topics, func(t Topic) bool { return t.Slug == slug })
	if i < 0 {
		return Topic{}, false
	}
	return topics[i], true
}

func readCategories(text string) []Category {
	var out []Category
	for line := range strings.Lines(text) {
		title, description, _ := strings.Cut(strings.TrimSpace(line), "|")
		if title != "" {
			out = append(out, Category{Slugify(title), title, description})
		}
	}
	return out
}

func readTopics(text string) []Topic {
	var out []Topic
	for line := range strings.Lines(text) {
		if title := strings.TrimSpace(line); title != "" {
			out = append(out, Topic{Slugify(title), title})
		}
	}
	return out
}
