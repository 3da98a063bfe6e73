"""Every limit on files from a stranger, with its reason; what goes beyond is refused before it is decoded.

Files of our own stay far below: a part has 262,144 applicants, its footer 40 kB, its pages up to 2 MiB.

==========================  ====================================================================
`MOST_FILES`                files that one screening reads
`LONGEST_NAME`              characters of a file's name
`LARGEST_MANIFEST`          bytes of a cohort's manifest
`TRUSTED_FOOTER`            bytes of a Parquet footer that is read without a trial
`LARGEST_FOOTER`            bytes of a footer that is read at all
`MOST_IN_A_LIST`            items of a list in a Parquet footer: columns, row groups
`TRIAL_MIB`, `TRIAL_S`      memory and seconds of the trial of a large footer
`LARGEST_PAGE`              bytes of a Parquet page when decompressed
`LARGEST_PAGES`             bytes of the largest pages of all columns that are read, together
`LARGEST_DICTIONARY`        bytes of a dictionary of codes
`LARGEST_PAGE_HEADER`       bytes before a page
`PAGE_OVERHEAD`             bytes of a page beside its values
`WIDEST_NUMBER`             bytes of a number in a page
`WIDEST_CODE`               bytes of a code in a page, on average
`ROWS_OF_A_PAGE`            rows that a page holds at least, on average
`LARGEST_MESSAGE`           bytes of what stands before an Arrow record batch
`MOST_ROWS_OF_A_BATCH`      rows of an Arrow record batch
`LARGEST_BATCH`             bytes of an Arrow record batch when decompressed
`LARGEST_DICTIONARIES`      bytes of all dictionaries of an Arrow file
`COMPARED_AT_ONCE`          applicants among whom a number that comes twice is looked for in any case
`MOST_COMPARED`             applicants of a cohort that are all compared with each other
`MOST_PROBLEMS`             problems that are said at once
==========================  ====================================================================
"""

KIB, MIB = 2**10, 2**20

MOST_FILES = 100_000
"""A national decade is 1,000 files of ours; every file is looked at before the first is screened."""

LONGEST_NAME = 200
"""File systems take 255 bytes, and results may add the name of a folder and the number of a part."""

LARGEST_MANIFEST = 16 * MIB
"""A line of a hundred bytes for each of `MOST_FILES` is 10 MiB."""

TRUSTED_FOOTER = 512 * KIB
"""A footer that lies takes up to 230 times its bytes in memory (measured); this one then takes 120 MiB."""

LARGEST_FOOTER = 24 * MIB
"""An honest one takes eleven times its bytes in memory (measured), and describes 250 million applicants."""

MOST_IN_A_LIST = 65_536
"""Row groups of 65,536 rows then make four thousand million rows, and nobody has so many columns."""

TRIAL_MIB, TRIAL_S = 256, 60
"""As much as all reading of one file may take; an honest footer of the largest size takes a second."""

LARGEST_PAGE = 16 * MIB
"""Writers aim at 1 MiB; some put a whole row group of a million numbers into one page."""

LARGEST_PAGES = 128 * MIB
"""While a row group is read, a page and a dictionary of each column are held."""

LARGEST_DICTIONARY = 1 * MIB
"""A field has at most 38 codes of at most 20 bytes."""

LARGEST_PAGE_HEADER = 64 * KIB
"""A header has some 30 bytes; statistics of long texts make it longer."""

PAGE_OVERHEAD = KIB
"""Levels and lengths before the values of a page of few."""

WIDEST_NUMBER = 17
"""Eight bytes and what says that it is there, and then twice."""

WIDEST_CODE = 64
"""Written out in full, a code of ours has at most 20 bytes and its length of four."""

ROWS_OF_A_PAGE = 64
"""A page for each row would cost a hundred times the time of its row."""

LARGEST_MESSAGE = 4 * MIB
"""A batch of 1,000 columns is described in 50 kB."""

MOST_ROWS_OF_A_BATCH = 262_144
"""A record batch is held as a whole; batches of ours have 65,536 rows."""

LARGEST_BATCH = 128 * MIB
"""All columns that are read of the largest batch, as numbers of eight bytes."""

LARGEST_DICTIONARIES = 16 * MIB
"""An Arrow file's dictionaries are read all together, those of other columns too."""

COMPARED_AT_ONCE = 262_144
"""As many as a part has; two mebibytes of numbers."""

MOST_COMPARED = 4 * 2**20
"""The numbers of all parts are then 32 MiB. In larger cohorts nobody looks across parts."""

MOST_PROBLEMS = 20
"""Whoever sees so many knows what to look for in the others."""
