"""What ends a process, and nothing else: bad data is a value, not an error.

NhipError
├── SetupError        the machine or an installed part is not as needed
├── CatalogueError    a mistake in the catalogue: names file, entry and key
├── MappingError      a mapping, or a file under it: names file and key
├── SettingError      a setting cannot be used
└── StoreError        ClickHouse refused a statement (being away is waited for, not raised)
"""


class NhipError(Exception):
    """Shown to a person as one line: what, where, and what to do."""


class SetupError(NhipError):
    pass


class CatalogueError(NhipError):
    pass


class MappingError(NhipError):
    pass


class SettingError(NhipError):
    pass


class StoreError(NhipError):
    pass
