"""The terms that a request names, where Sayso has their words."""

from search.config import Config
from search.permissions.links import Link
from search.permissions.terms import BadTerms, Terms, find_terms
