package demo

import (
	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/counters"
	"github.com/sportello/sportello/modules/kernel/civil"
)

// The story: Isernia with three places to sit and two offices that answer, and Caltanissetta as a second entity.

type story struct {
	key, host string
	entity    catalog.Entity
	offices   []officeStory
	services  []serviceStory
	kiosks    []kioskStory
	staff     []staffStory
}

type officeStory struct {
	name, description string
	operators         int
}

type serviceStory struct {
	title, short, category, office string
	minutes                        int  // 0: informational only
	walkIn                         bool // without an appointment too
	topics, needed                 []string
	achieved, costs, times         string
	externalBody, externalURL      string
}

type kioskStory struct {
	name, place, address, directions string
	latitude, longitude              float64
	services                         []string // titles; empty: all of the remote counter
}

type staffStory struct {
	role, name, email string
	offices           []string
}

const notice = `Il titolare del trattamento è l'ente a cui ha chiesto il servizio. I suoi dati servono solo a rispondere alla sua richiesta. ` +
	`La videochiamata non viene registrata. I documenti che mostra alla telecamera restano all'ente, non su questa postazione. ` +
	`Al termine tutto ciò che compare su questo schermo viene cancellato.`

func stories() []story { return []story{isernia(), caltanissetta()} }

func isernia() story {
	return story{
		key: "isernia", host: "isernia",
		entity: catalog.Entity{
			Name: "Comune di Isernia", IPACode: "c_e335", Region: "Regione Molise", Street: "Piazza Marconi 3", PostalCode: "86170",
			Locality: "Isernia", Province: "IS", Phone: "0865 4491", Email: "sportello@comune.isernia.example", PEC: "protocollo@pec.comune.isernia.example",
			FiscalCode: "00034670943", PatronName: "San Nicandro", PatronDay: 17, PatronMonth: 6, EarlyMinutes: 60, LateMinutes: 10, ReminderHours: []int{24, 2}, PrivacyNotice: notice,
		},
		offices: []officeStory{
			{"Ufficio anagrafe", "Certificati, residenza, carta d'identità e stato civile.", 2},
			{"Ufficio tributi", "TARI, IMU, rateizzazioni e rimborsi.", 1},
		},
		services: []serviceStory{
			{title: "Certificati anagrafici", short: "Residenza, stato di famiglia, nascita e altri certificati, con l'aiuto di un operatore.", category: "anagrafe-e-stato-civile",
				office: "Ufficio anagrafe", minutes: 15, walkIn: true, topics: []string{"Anagrafe", "Residenza"}, needed: []string{"Documento d'identità valido", "Codice fiscale", "Marca da bollo da 16,00 euro, se il certificato è in bollo"},
				achieved: "Il certificato richiesto, per e-mail o stampato.", costs: "Gratuito in carta libera; € 16,00 di imposta di bollo negli altri casi.", times: "Durante l'appuntamento."},
			{title: "Cambio di residenza", short: "Dichiarare il trasferimento nel Comune o il cambio di indirizzo.", category: "anagrafe-e-stato-civile",
				office: "Ufficio anagrafe", minutes: 30, topics: []string{"Anagrafe", "Residenza"}, needed: []string{"Documento d'identità di tutte le persone che si trasferiscono", "Contratto di affitto o titolo della casa", "Targhe dei veicoli e patenti"},
				achieved: "La registrazione della nuova residenza dal giorno della dichiarazione.", costs: "Gratuito.", times: "Registrazione entro 2 giorni lavorativi; verifiche entro 45 giorni."},
			{title: "Stato civile: nascite e matrimoni", short: "Informazioni e richieste su atti di nascita, matrimonio e unione civile.", category: "anagrafe-e-stato-civile",
				office: "Ufficio anagrafe", minutes: 20, topics: []string{"Matrimonio", "Nascita"}, needed: []string{"Documento d'identità valido", "Estremi dell'atto, se li conosce"},
				achieved: "L'estratto dell'atto o l'avvio della pratica.", costs: "Gratuito.", times: "Estratti durante l'appuntamento."},
			{title: "Carta d'identità: informazioni", short: "Cosa serve per la carta d'identità elettronica, anche in caso di furto o smarrimento.", category: "anagrafe-e-stato-civile",
				office: "Ufficio anagrafe", minutes: 15, topics: []string{"Anagrafe"}, needed: []string{"La vecchia carta d'identità, se l'ha", "Denuncia, in caso di furto o smarrimento"},
				achieved: "L'elenco di ciò che serve e l'appuntamento per il rilascio.", costs: "La consulenza è gratuita; la carta costa € 22,21.", times: "Durante l'appuntamento."},
			{title: "TARI: chiarimenti e rateizzazione", short: "Capire l'avviso della tassa sui rifiuti, correggerlo o pagarlo a rate.", category: "tributi-finanze-e-contravvenzioni",
				office: "Ufficio tributi", minutes: 20, topics: []string{"Imposte", "Tassa sui servizi"}, needed: []string{"L'avviso di pagamento", "Codice fiscale dell'intestatario", "Dati catastali, se i metri quadrati non sono giusti"},
				achieved: "La posizione chiarita, la correzione avviata o il piano di rate.", costs: "Gratuito.", times: "Correzioni entro 30 giorni."},
			{title: "IMU: calcolo e versamenti", short: "Controllare quanto è dovuto per gli immobili e come pagare.", category: "tributi-finanze-e-contravvenzioni",
				office: "Ufficio tributi", minutes: 20, topics: []string{"Imposte"}, needed: []string{"Visura o rendita catastale", "Ricevute dei versamenti già fatti"},
				achieved: "Il conteggio del dovuto e il modello per pagare.", costs: "Gratuito.", times: "Durante l'appuntamento."},
			{title: "Rimborso di tributi", short: "Chiedere indietro somme pagate in più al Comune.", category: "tributi-finanze-e-contravvenzioni",
				office: "Ufficio tributi", minutes: 20, topics: []string{"Imposte"}, needed: []string{"Ricevute dei pagamenti", "IBAN del conto"},
				achieved: "La domanda di rimborso avviata.", costs: "Gratuito.", times: "Entro 180 giorni."},
			{title: "Iscrizione all'albo dei presidenti di seggio", short: "Come proporsi per i seggi elettorali.", category: "anagrafe-e-stato-civile",
				office: "Ufficio anagrafe", topics: []string{"Elezioni"}, needed: []string{"Documento d'identità valido", "Titolo di studio"},
				achieved: "L'iscrizione all'albo.", costs: "Gratuito.", times: "Domande entro il 31 ottobre di ogni anno."},
			{title: "Bolletta dell'acqua", short: "Contratti, letture e bollette del servizio idrico.", category: "ambiente", office: "Ufficio tributi",
				topics: []string{"Acqua"}, needed: []string{"Numero del contratto"}, achieved: "Informazioni su contratti e consumi.", costs: "Gratuito.", times: "Secondo la carta dei servizi del gestore.",
				externalBody: "Gestore del servizio idrico", externalURL: "https://www.arera.it/consumatori/idrico"},
			{title: "Accesso agli atti", short: "Vedere o avere copia dei documenti del Comune.", category: "giustizia-e-sicurezza-pubblica", office: "Ufficio anagrafe", minutes: 15,
				topics: []string{"Accesso all'informazione"}, needed: []string{"Documento d'identità valido", "Gli estremi dell'atto che cerca"}, achieved: "La richiesta registrata e l'indicazione dei tempi.",
				costs: "Gratuito; copie a pagamento.", times: "Entro 30 giorni (legge 241/1990)."},
		},
		kiosks: []kioskStory{
			{"Postazione Ufficio tecnico", "Ufficio tecnico comunale", "Via Giovanni XXIII, 86170 Isernia", "Piano terra, prima porta a destra.", 41.5931, 14.2326, nil},
			{"Postazione San Lazzaro", "Scuola Tagliente", "Contrada San Lazzaro, 86170 Isernia", "Ingresso laterale della scuola, segua i cartelli \"Sportello\".", 41.6046, 14.2497, nil},
			{"Postazione Castelromano", "Sala civica della frazione", "Frazione Castelromano, 86170 Isernia", "Accanto alla chiesa; la chiave è al bar.", 41.6296, 14.1912, nil},
		},
		staff: []staffStory{
			{"operator", "Maria Rossi", "maria.rossi@comune.isernia.example", []string{"Ufficio anagrafe", "Ufficio tributi"}},
			{"operator", "Luca Bianchi", "luca.bianchi@comune.isernia.example", []string{"Ufficio anagrafe"}},
			{"operator", "Giulia Verdi", "giulia.verdi@comune.isernia.example", []string{"Ufficio tributi"}},
			{"administrator", "Anna Russo", "anna.russo@comune.isernia.example", nil},
		},
	}
}

func caltanissetta() story {
	return story{
		key: "caltanissetta", host: "caltanissetta",
		entity: catalog.Entity{
			Name: "Comune di Caltanissetta", IPACode: "c_b429", Region: "Regione Siciliana", Street: "Corso Umberto I 134", PostalCode: "93100",
			Locality: "Caltanissetta", Province: "CL", Phone: "0934 74111", Email: "sportello@comune.caltanissetta.example", PEC: "protocollo@pec.comune.caltanissetta.example",
			FiscalCode: "80001130857", PatronName: "San Michele Arcangelo", PatronDay: 29, PatronMonth: 9, EarlyMinutes: 15, LateMinutes: 10, ReminderHours: []int{24, 2}, PrivacyNotice: notice,
		},
		offices: []officeStory{
			{"Sportello anagrafe", "Certificati, residenza e stato civile.", 1},
			{"Sportello unico edilizia", "Titoli edilizi, pratiche e accesso.", 1},
		},
		services: []serviceStory{
			{title: "Certificati anagrafici", short: "Residenza, stato di famiglia, nascita e altri certificati.", category: "anagrafe-e-stato-civile", office: "Sportello anagrafe", minutes: 15,
				topics: []string{"Anagrafe"}, needed: []string{"Documento d'identità valido", "Codice fiscale"}, achieved: "Il certificato richiesto.", costs: "Gratuito in carta libera.", times: "Durante l'appuntamento."},
			{title: "Cambio di residenza", short: "Dichiarare il trasferimento nel Comune o il cambio di indirizzo.", category: "anagrafe-e-stato-civile", office: "Sportello anagrafe", minutes: 30,
				topics: []string{"Residenza"}, needed: []string{"Documenti d'identità", "Titolo della casa"}, achieved: "La nuova residenza.", costs: "Gratuito.", times: "Entro 2 giorni lavorativi."},
			{title: "Consulenza su una pratica edilizia", short: "Parlare con un tecnico di CILA, SCIA o permesso di costruire.", category: "catasto-e-urbanistica", office: "Sportello unico edilizia", minutes: 30,
				topics: []string{"Urbanizzazione"}, needed: []string{"Numero della pratica, se c'è", "Dati catastali dell'immobile"}, achieved: "Indicazioni sul titolo e sui documenti da presentare.", costs: "Gratuito.", times: "Durante l'appuntamento."},
		},
		kiosks: []kioskStory{
			{"Postazione Palazzo del Carmine", "Palazzo del Carmine", "Corso Umberto I 134, 93100 Caltanissetta", "Atrio, accanto alla portineria.", 37.4901, 14.0629, nil},
		},
		staff: []staffStory{
			{"operator", "Salvatore Greco", "salvatore.greco@comune.caltanissetta.example", []string{"Sportello anagrafe", "Sportello unico edilizia"}},
			{"administrator", "Rosa Costa", "rosa.costa@comune.caltanissetta.example", nil},
		},
	}
}

// officeWeek is when offices answer: every weekday morning, and two afternoons.
func officeWeek(operators int) []catalog.Hours {
	var week []catalog.Hours
	for day := 1; day <= 5; day++ {
		week = append(week, catalog.Hours{Weekday: day, From: civil.At(9, 0), To: civil.At(13, 0), Operators: operators})
		if day == 2 || day == 4 {
			week = append(week, catalog.Hours{Weekday: day, From: civil.At(15, 0), To: civil.At(17, 30), Operators: operators})
		}
	}
	return week
}

// always: the demo's kiosks stand open day and night, so that it can be tried at any time.
func always() []counters.Hours {
	var week []counters.Hours
	for day := 1; day <= 7; day++ {
		week = append(week, counters.Hours{Weekday: day, From: 0, To: civil.EndOfDay})
	}
	return week
}

// readyTexts are sentences that operators need every day.
var readyTexts = []string{
	"Buongiorno. Mi dica pure.",
	"Mi mostri il documento davanti alla telecamera, per favore.",
	"Un momento: cerco la Sua pratica.",
	"Le mando un documento: lo vede sullo schermo.",
	"Il certificato Le arriva per e-mail.",
}
