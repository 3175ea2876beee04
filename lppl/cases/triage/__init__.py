"""Help with sorting what citizens say: emergencies, class, category, agency, place, likely doubles, personal data.

Everything here is a pure function of a text (and of tables that the station keeps) and gives its reasons, with the
words that led to them. Nothing here decides: an officer sees the reasons, and does what is right. Texts are hostile
until shown otherwise: every function takes any string, never raises for it, and works in time linear in its length.
"""
