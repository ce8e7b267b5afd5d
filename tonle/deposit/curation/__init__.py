"""From handing in to publishing: curators and depositors."""
