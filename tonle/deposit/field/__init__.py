"""What people bring home from the field: photographs, and the tables of survey tools."""
