"""Rules of funding: who reviews what, which projects the money reaches, what the scores say."""
