"""No test fails because the machine is slow: draws that take long are no fault."""

from hypothesis import HealthCheck, settings

settings.register_profile("any machine", suppress_health_check=[HealthCheck.too_slow],
                          deadline=None)
settings.load_profile("any machine")


def pytest_collection_modifyitems(items):
    """Files that take long go first, though they have few tests: two processes that take file
    after file then end together."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
