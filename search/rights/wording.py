"""Words by which a sentence says that it is about pictures, licensing, or its own page."""

import re

SPEAKS_OF_PICTURES = re.compile(
    r"\b(?:photos?|photograph\w*|pictures?|images?|foto\w*|bild(?!ung)\w*|afbeelding\w*|"
    r"illustration\w*|aufnahme\w*|kuva\w*)\b|📷|📸",
    re.IGNORECASE,
)
"""A sentence that names a picture speaks of the picture, not of the text around it."""

SPEAKS_OF_LICENCES = re.compile(r"\blicen[cst]\w*|\blizen[sz]\w*|\blisens\w*", re.IGNORECASE)

SPEAKS_OF_PAGE = re.compile(
    r"\b(?:this|these|our|dies\w*|unser\w*|denna|detta|det här|den här|vår[at]?|deze|dit|onze|ons|"
    r"ce|cette|notre|este|esta|nuestr[ao]|questo|questa)\s(?:\w+\s){0,2}"
    r"(?:web\s?)?(?:site|sida|sajt|plats|page|pagina|página|seite|blog|blogg|works?|werk|verk|"
    r"content|contents|inhalte?|innehåll|inhoud|texts?|texte?s?|artikel|articles?|artículo|post|"
    r"beitrag|inlägg|bericht)\b",
    re.IGNORECASE,
)
"""A sentence about this page or its content, in the languages of the terms of disclosure."""
