"""Lists of what is here, in the forms that crawlers, catalogues and newsreaders follow."""
