"""The steward's layers: what an authority has approved to be drawn over the base map, and names
of places that hold on a day. How they are measured and drawn: `tonle/kernel/maps/`."""
