"""What a leader sees: facts become numbers, series, figures and reports. Reads only; knows no HTTP."""
