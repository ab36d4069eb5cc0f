"""A list of artists as one element."""

from pages.components.result_list.component import Result, ResultEvent, event_from_payload, list_data, result_list

__all__ = ["Result", "ResultEvent", "event_from_payload", "list_data", "result_list"]
