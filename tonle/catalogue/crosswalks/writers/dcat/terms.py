"""The words of DCAT-AP: prefixes, and the European lists that it takes values from.

Source: DCAT-AP 3.0.1, "Controlled vocabularies to be used"; the named authority lists of the
Publications Office of the European Union (access-right, data-theme, file-type, language), as
of 2026. Of these only values are used whose meaning is beyond doubt.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

PREFIXES: Final = MappingProxyType(
    {
        "adms": "http://www.w3.org/ns/adms#",
        "dcat": "http://www.w3.org/ns/dcat#",
        "dct": "http://purl.org/dc/terms/",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "geo": "http://www.opengis.net/ont/geosparql#",
        "hydra": "http://www.w3.org/ns/hydra/core#",
        "locn": "http://www.w3.org/ns/locn#",
        "org": "http://www.w3.org/ns/org#",
        "prov": "http://www.w3.org/ns/prov#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "schema": "http://schema.org/",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "spdx": "http://spdx.org/rdf/terms#",
        "vcard": "http://www.w3.org/2006/vcard/ns#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }
)
PROFILE: Final = "https://semiceu.github.io/DCAT-AP/releases/3.0.1/"
AUTHORITY: Final = "http://publications.europa.eu/resource/authority/"
MEDIA_TYPES: Final = "https://www.iana.org/assignments/media-types/"
# The shapes of DCAT-AP take the algorithm by this address, not by SPDX's own namespace.
CHECKSUMS: Final = "https://spdx.org/rdf/terms#checksumAlgorithm_"
CHANGE_TYPES: Final = "http://purl.org/adms/changetype/"

ACCESS: Final = MappingProxyType({"open": "PUBLIC", "embargoed": "RESTRICTED",
                                  "restricted": "RESTRICTED"})  # fmt: skip

THEMES: Final = MappingProxyType(
    {
        "AGRI": "Agriculture, fisheries, forestry and food",
        "ECON": "Economy and finance",
        "EDUC": "Education, culture and sport",
        "ENVI": "Environment",
        "GOVE": "Government and public sector",
        "HEAL": "Health",
        "JUST": "Justice, legal system and public safety",
        "SOCI": "Population and society",
        "TECH": "Science and technology",
    }
)
# Fields of research (OECD FORD) to themes; a field without a line has that of its group.
THEME_OF_FORD: Final = MappingProxyType(
    {
        "1": "TECH", "1.5": "ENVI", "2": "TECH", "2.7": "ENVI", "3": "HEAL", "4": "AGRI",
        "5": "SOCI", "5.2": "ECON", "5.3": "EDUC", "5.5": "JUST", "5.6": "GOVE", "6": "EDUC",
    }
)  # fmt: skip

FILE_TYPES: Final = MappingProxyType(
    {
        "application/geo+json": "GEOJSON",
        "application/gzip": "GZIP",
        "application/json": "JSON",
        "application/ld+json": "JSON_LD",
        "application/msword": "DOC",
        "application/pdf": "PDF",
        "application/rdf+xml": "RDF_XML",
        "application/vnd.ms-excel": "XLS",
        "application/vnd.oasis.opendocument.spreadsheet": "ODS",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
        "application/x-netcdf": "NETCDF",
        "application/xml": "XML",
        "application/zip": "ZIP",
        "image/jpeg": "JPEG",
        "image/png": "PNG",
        "image/svg+xml": "SVG",
        "image/tiff": "TIFF",
        "text/csv": "CSV",
        "text/html": "HTML",
        "text/plain": "TXT",
        "text/tab-separated-values": "TSV",
        "text/turtle": "RDF_TURTLE",
    }
)

# ISO 639-1 to 639-3, which the language list goes by: every language that has two letters.
_LANGUAGES: Final = (
    "aa:aar ab:abk ae:ave af:afr ak:aka am:amh an:arg ar:ara as:asm av:ava ay:aym az:aze ba:bak "
    "be:bel bg:bul bi:bis bm:bam bn:ben bo:bod br:bre bs:bos ca:cat ce:che ch:cha co:cos cr:cre "
    "cs:ces cu:chu cv:chv cy:cym da:dan de:deu dv:div dz:dzo ee:ewe el:ell en:eng eo:epo es:spa "
    "et:est eu:eus fa:fas ff:ful fi:fin fj:fij fo:fao fr:fra fy:fry ga:gle gd:gla gl:glg gn:grn "
    "gu:guj gv:glv ha:hau he:heb hi:hin ho:hmo hr:hrv ht:hat hu:hun hy:hye hz:her ia:ina id:ind "
    "ie:ile ig:ibo ii:iii ik:ipk io:ido is:isl it:ita iu:iku ja:jpn jv:jav ka:kat kg:kon ki:kik "
    "kj:kua kk:kaz kl:kal km:khm kn:kan ko:kor kr:kau ks:kas ku:kur kv:kom kw:cor ky:kir la:lat "
    "lb:ltz lg:lug li:lim ln:lin lo:lao lt:lit lu:lub lv:lav mg:mlg mh:mah mi:mri mk:mkd ml:mal "
    "mn:mon mr:mar ms:msa mt:mlt my:mya na:nau nb:nob nd:nde ne:nep ng:ndo nl:nld nn:nno no:nor "
    "nr:nbl nv:nav ny:nya oc:oci oj:oji om:orm or:ori os:oss pa:pan pi:pli pl:pol ps:pus pt:por "
    "qu:que rm:roh rn:run ro:ron ru:rus rw:kin sa:san sc:srd sd:snd se:sme sg:sag si:sin sk:slk "
    "sl:slv sm:smo sn:sna so:som sq:sqi sr:srp ss:ssw st:sot su:sun sv:swe sw:swa ta:tam te:tel "
    "tg:tgk th:tha ti:tir tk:tuk tl:tgl tn:tsn to:ton tr:tur ts:tso tt:tat tw:twi ty:tah ug:uig "
    "uk:ukr ur:urd uz:uzb ve:ven vi:vie vo:vol wa:wln wo:wol xh:xho yi:yid yo:yor za:zha zh:zho "
    "zu:zul"
)
LANGUAGES: Final = MappingProxyType({pair[:2]: pair[3:].upper() for pair in _LANGUAGES.split()})
