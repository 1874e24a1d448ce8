package portal_test

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template/parse"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/sportello/sportello/frontend"
	"github.com/sportello/sportello/modules/platform/i18n"
)

// public are the templates that citizens read, in every language.
var public = []string{
	"layouts/portal.html", "layouts/plain.html", "layouts/parts.html", "components/*.html", "pages/site/*.html", "pages/booking/*.html",
	"pages/error/*.html", "pages/videocall/ricevuta.html", "mail/booking_*.html", "mail/booking_*.txt",
}

// citizenKeys begin the words that pages, messages and refusals for citizens are made of.
var citizenKeys = []string{"portal.", "site.", "booking.", "mail.booking.", "problem.booking.", "problem.site.", "problem.form.", "problem.http.", "problem.title.",
	"problem.kiosk.code", "problem.kiosk.own", "videocall.receipt.", "videocall.ended.", "catalog.holiday."}

// names and addresses are alike in every language.
var names = []string{"Sportello", "/valutazione"}

func TestCitizensWordsExistInEveryLanguage(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Parse(frontend.Locales())
	require.NoError(t, err)
	italian, inTemplates := texts.Keys("it"), used(t)
	for _, lang := range []string{"en", "de", "fr"} {
		keys, missing := texts.Keys(lang), []string{}
		lacks := func(key string) bool { _, found := slices.BinarySearch(keys, key); return !found }
		for _, key := range italian {
			mine := slices.ContainsFunc(citizenKeys, func(p string) bool { return strings.HasPrefix(key, p) })
			if (mine || slices.Contains(inTemplates, key)) && lacks(key) {
				missing = append(missing, key)
			}
		}
		require.Empty(t, missing, "not in %s", lang)
		for _, key := range keys {
			_, found := slices.BinarySearch(italian, key)
			require.True(t, found, "%s stands only in %s", key, lang)
		}
	}
	for _, key := range inTemplates {
		require.True(t, texts.Has(key), "a template uses %s, which no locale file has", key)
	}
}

func TestTemplatesForCitizensHoldNoWordsOfTheirOwn(t *testing.T) {
	t.Parallel()
	for name, tree := range trees(t) {
		walk(tree, func(n parse.Node) {
			command, ok := n.(*parse.CommandNode)
			if !ok {
				return
			}
			for i, arg := range command.Args {
				s, ok := arg.(*parse.StringNode)
				isKey := i%2 == 1 && len(command.Args) > 0 && command.Args[0].String() == "dict"
				if ok && !isKey && !slices.Contains(names, s.Text) {
					require.False(t, sentence.MatchString(s.Text), "%s says %q", name, s.Text)
				}
			}
		})
		for _, words := range written(t, tree) {
			require.NotRegexp(t, letters, words, "%s says %q", name, words)
		}
	}
}

var (
	letters  = regexp.MustCompile(`\p{L}{2,}`)
	sentence = regexp.MustCompile(`^\p{Lu}\p{Ll}|\p{Ll}[,.]? \p{L}|[àèéìòù]`)                     // what a person would read
	bare     = regexp.MustCompile(` required| (aria-invalid|aria-describedby|maxlength)="[^"]*"`) // attributes that a part gives the tag around it
	spoken   = regexp.MustCompile(`(?:\bT|\brich|\.Code) "([a-z0-9_.-]+)"`)
)

// sources are the public templates as they are written.
func sources(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, pattern := range public {
		names, err := fs.Glob(os.DirFS("."), pattern)
		require.NoError(t, err)
		require.NotEmpty(t, names, pattern)
		for _, name := range names {
			raw, err := os.ReadFile(name)
			require.NoError(t, err)
			out[name] = string(raw)
		}
	}
	return out
}

func used(t *testing.T) (keys []string) {
	t.Helper()
	for _, source := range sources(t) {
		for _, m := range spoken.FindAllStringSubmatch(source, -1) {
			keys = append(keys, m[1])
		}
	}
	require.Greater(t, len(keys), 200)
	return keys
}

func trees(t *testing.T) map[string]parse.Node {
	t.Helper()
	out := map[string]parse.Node{}
	for name, source := range sources(t) {
		tree := parse.New(name)
		tree.Mode = parse.SkipFuncCheck
		set := map[string]*parse.Tree{}
		_, err := tree.Parse(source, "", "", set)
		require.NoError(t, err)
		delete(set, "layout") // it names a layout
		for part, one := range set {
			out[name+" "+part] = one.Root
		}
	}
	return out
}

// walk visits every node of a template.
func walk(n parse.Node, visit func(parse.Node)) {
	visit(n)
	branch := func(b parse.BranchNode) {
		walk(b.Pipe, visit)
		walk(b.List, visit)
		if b.ElseList != nil {
			walk(b.ElseList, visit)
		}
	}
	switch n := n.(type) {
	case *parse.ListNode:
		for _, c := range n.Nodes {
			walk(c, visit)
		}
	case *parse.IfNode:
		branch(n.BranchNode)
	case *parse.RangeNode:
		branch(n.BranchNode)
	case *parse.WithNode:
		branch(n.BranchNode)
	case *parse.ActionNode:
		walk(n.Pipe, visit)
	case *parse.TemplateNode:
		if n.Pipe != nil {
			walk(n.Pipe, visit)
		}
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			walk(c, visit)
		}
	case *parse.CommandNode:
		for _, a := range n.Args {
			walk(a, visit)
		}
	}
}

// written is what a person reads of a template without what it computes: its texts, and attributes that are read aloud.
func written(t *testing.T, root parse.Node) (out []string) {
	t.Helper()
	var b strings.Builder
	walk(root, func(n parse.Node) {
		switch n := n.(type) {
		case *parse.TextNode:
			b.Write(n.Text)
		case *parse.ActionNode, *parse.TemplateNode:
			b.WriteString("0")
		}
	})
	for z := html.NewTokenizer(strings.NewReader(b.String())); z.Next() != html.ErrorToken; {
		token := z.Token()
		if token.Type == html.TextToken {
			out = append(out, bare.ReplaceAllString(token.Data, ""))
		}
		for _, a := range token.Attr {
			if slices.Contains([]string{"aria-label", "title", "alt", "placeholder"}, a.Key) {
				out = append(out, a.Val)
			}
		}
	}
	for i := range out {
		for _, name := range names {
			out[i] = strings.ReplaceAll(out[i], name, "")
		}
	}
	return out
}
