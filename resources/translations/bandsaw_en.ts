<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US">
<context>
    <name></name>
    <message numerus="yes">
        <source>%n channels</source>
        <translation>
            <numerusform>%n channel</numerusform>
            <numerusform>%n channels</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n drop-outs</source>
        <translation>
            <numerusform>%n drop-out</numerusform>
            <numerusform>%n drop-outs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n files were written.</source>
        <translation>
            <numerusform>One file was written.</numerusform>
            <numerusform>%n files were written.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n files, about {size}</source>
        <translation>
            <numerusform>One file, about {size}</numerusform>
            <numerusform>%n files, about {size}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n items cannot be split.</source>
        <translation>
            <numerusform>One item cannot be split.</numerusform>
            <numerusform>%n items cannot be split.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of these files are in “{folder}” already. What shall happen to them?</source>
        <translation>
            <numerusform>One of these files is in “{folder}” already. What shall happen to it?</numerusform>
            <numerusform>%n of these files are in “{folder}” already. What shall happen to them?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n songs, {size} of</source>
        <translation>
            <numerusform>One song, {size} of</numerusform>
            <numerusform>%n songs, {size} of</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n trials</source>
        <translation>
            <numerusform>%n trial</numerusform>
            <numerusform>%n trials</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n were there already and stayed.</source>
        <translation>
            <numerusform>One was there already and stayed.</numerusform>
            <numerusform>%n were there already and stayed.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>; %n of them there already</source>
        <translation>
            <numerusform>; %n of them there already</numerusform>
            <numerusform>; %n of them there already</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Delete the stems of %n songs ({size})?</source>
        <translation>
            <numerusform>Delete the stems of one song ({size})?</numerusform>
            <numerusform>Delete the stems of %n songs ({size})?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Drop to split these %n items</source>
        <translation>
            <numerusform>Drop to split this</numerusform>
            <numerusform>Drop to split these %n items</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>It and the %n that wait will be in the list next time; this song then starts from its beginning.</source>
        <translation>
            <numerusform>It and the one that waits will be in the list next time; this song then starts from its beginning.</numerusform>
            <numerusform>It and the %n that wait will be in the list next time; this song then starts from its beginning.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The %n answers so far would be lost.</source>
        <translation>
            <numerusform>The one answer so far would be lost.</numerusform>
            <numerusform>The %n answers so far would be lost.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more (see Details)</source>
        <translation>
            <numerusform>and %n more (see Details)</numerusform>
            <numerusform>and %n more (see Details)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{machine}, %n cores</source>
        <translation>
            <numerusform>{machine}, %n core</numerusform>
            <numerusform>{machine}, %n cores</numerusform>
        </translation>
    </message>
</context>
</TS>
