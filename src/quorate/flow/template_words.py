"""The templates' words in other languages: each English text with what it is called there."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "de": {
        "Sentiment of a text": "Stimmung eines Textes",
        "How does the writer feel about it? One of three answers.": "Wie steht, wer schreibt, dazu? Eine von drei "
        "Antworten.",
        "How does the writer feel about it?": "Wie steht, wer schreibt, dazu?",
        "Positive": "Positiv",
        "They would recommend it.": "Man würde es empfehlen.",
        "Neutral": "Neutral",
        "They report, and do not judge.": "Man berichtet und urteilt nicht.",
        "Negative": "Negativ",
        "They would warn others.": "Man würde davor warnen.",
        "# Sentiment\n\n## 1 What counts\n\nGo by the text as a whole, not by single words.\n\n"
        "## 2 Mixed feelings\n\nChoose what the writer would say if they could keep one "
        "sentence only.\n": "# Stimmung\n\n"
        "## 1 Was zählt\n\nGehen Sie nach dem ganzen Text, nicht nach einzelnen Wörtern.\n\n"
        "## 2 Gemischte Gefühle\n\nWählen Sie, was bliebe, wenn nur ein Satz bleiben dürfte.\n",
        "Topics of a text": "Themen eines Textes",
        "What is it about? One answer or several.": "Worum geht es? Eine Antwort oder mehrere.",
        "What is it about?": "Worum geht es?",
        "Delivery": "Lieferung",
        "The parcel, the courier, the time.": "Das Paket, der Bote, die Zeit.",
        "Product": "Ware",
        "The thing itself.": "Die Sache selbst.",
        "Service": "Service",
        "The people who answer.": "Wer Auskunft gibt.",
        "# Topics\n\n## 1 Several\n\nMark each topic that a sentence of the text is about.\n\n"
        "## 2 None\n\nMark nothing if no topic fits.\n": "# Themen\n\n## 1 Mehrere\n\n"
        "Wählen Sie jedes Thema, von dem ein Satz des Textes handelt.\n\n"
        "## 2 Keines\n\nWählen Sie nichts, wenn kein Thema passt.\n",
        "What an image shows": "Was ein Bild zeigt",
        "One class for each image.": "Eine Klasse für jedes Bild.",
        "What does the image show?": "Was zeigt das Bild?",
        "Cat": "Katze",
        "A cat, alone or with others.": "Eine Katze, allein oder mit anderen.",
        "Dog": "Hund",
        "A dog and no cat.": "Ein Hund und keine Katze.",
        "Neither": "Keines von beiden",
        "Neither of them.": "Weder noch.",
        "# Images\n\n## 1 What counts\n\nWhat can be seen, even if only a part of it is in the picture.\n": "# Bilder\n"
        "\n## 1 Was zählt\n\nWas zu sehen ist, auch wenn nur ein Teil davon im Bild ist.\n",
        "Names in a text": "Namen in einem Text",
        "Mark stretches of the text, each with a class.": "Stellen des Textes markieren, jede mit einer Klasse.",
        "Mark every name.": "Markieren Sie jeden Namen.",
        "Person": "Person",
        "People, without their titles.": "Menschen, ohne ihre Titel.",
        "Place": "Ort",
        "Countries, cities, rivers, streets.": "Länder, Städte, Flüsse, Straßen.",
        "Organisation": "Organisation",
        "Companies, offices, clubs.": "Firmen, Ämter, Vereine.",
        "# Names\n\n## 1 Extent\n\nThe whole name and no more: no article, no title, no full stop.\n\n"
        "## 2 Places that act\n\nA city that plays football is an organisation.\n": "# Namen\n\n## 1 Umfang\n\n"
        "Der ganze Name und nicht mehr: kein Artikel, kein Titel, kein Punkt.\n\n"
        "## 2 Orte, die handeln\n\nEine Stadt, die Fußball spielt, ist eine Organisation.\n",
        "Things in an image": "Dinge in einem Bild",
        "Draw a box around each thing.": "Um jedes Ding einen Rahmen ziehen.",
        "Draw a box around each person and each car.": "Ziehen Sie um jede Person und jedes Auto einen Rahmen.",
        "Anybody on foot or on a bicycle.": "Alle zu Fuß oder auf dem Fahrrad.",
        "Car": "Auto",
        "Cars, vans and lorries.": "Autos, Lieferwagen und Lastwagen.",
        "# Boxes\n\n## 1 Edges\n\nThe smallest box that holds all that can be seen of the thing.\n\n"
        "## 2 Crowds\n\nOne box for each person, as long as they can be told apart.\n": "# Rahmen\n\n## 1 Ränder\n\n"
        "Der kleinste Rahmen, der alles enthält, was von dem Ding zu sehen ist.\n\n"
        "## 2 Gedränge\n\nEin Rahmen für jede Person, solange man sie unterscheiden kann.\n",
        "A rating": "Eine Bewertung",
        "How good is it, on a scale of five?": "Wie gut ist es, auf einer Skala von fünf?",
        "How good is the answer?": "Wie gut ist die Antwort?",
        "# Rating\n\n## 1 The ends\n\n5: right, whole and clear. 1: wrong, or no answer to what was "
        "asked.\n": "# Bewertung\n\n"
        "## 1 Die Enden\n\n5: richtig, vollständig und klar. 1: falsch oder keine Antwort auf das Gefragte.\n",
        "Which of two is better": "Was von zweien besser ist",
        "Two answers beside each other; one is chosen.": "Zwei Antworten nebeneinander; eine wird gewählt.",
        "Which answer is better?": "Welche Antwort ist besser?",
        "A": "A",
        "The first is better.": "Die erste ist besser.",
        "B": "B",
        "The second is better.": "Die zweite ist besser.",
        "Same": "Gleich",
        "Neither is better.": "Keine ist besser.",
        "# Better\n\n## 1 What counts\n\n"
        "First whether it is right, then whether it is clear, then whether it is short.\n": "# Besser\n\n## 1 Was zählt"
        "\n\nZuerst, ob sie richtig ist, dann, ob sie klar ist, dann, ob sie kurz ist.\n",
    },
}
