"""A small map of water, coasts and places, without a boundary of any country. Pure.

| Module | Is for |
|---|---|
| `base` | what is drawn: the file `data/base.json.gz`, made by `python -m tools.basemap` |
| `views` | which part of the Earth a map shows; only so many, so that addresses are bounded |
| `geometry` | cutting lines and areas to a box, leaving out what no eye sees |
| `names` | what places are called, in which language, on which day, by whose word |
| `labels` | which names find room |
| `layers` | the layer of an authority: GeoJSON of a stranger, measured and dated |
| `drawing` | all of it as paths, marks and texts for `web/components/map.html` |
"""
