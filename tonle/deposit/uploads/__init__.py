"""Files on their way into a draft, over days and broken links: tus 1.0 (decision 0032)."""
