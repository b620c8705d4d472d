"""Audits of programs written with DEAP: is what they select for realized?"""
