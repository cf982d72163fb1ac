"""General MIDI drums for practice songs."""

KICKS, SNARES = (35, 36), (38, 40, 37, 39)
CLOSED, PEDAL, OPEN, RIDES, CRASHES = 42, 44, 46, (51, 59, 53), (49, 57, 55, 52)
TOMS = (50, 48, 47, 45, 43, 41)
#: shaker-like instruments that play cymbal patterns
SHAKEN = (54, 70, 69, 82, 56, 80, 75, 76, 62, 42)
#: General MIDI kits: standard, room, power, electronic, 808, jazz, brush, orchestra
KITS = (0, 0, 0, 0, 8, 16, 24, 25, 32, 40, 48)
